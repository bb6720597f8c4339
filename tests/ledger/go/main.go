// Verify checks a Repatria log directory with golang.org/x/mod/sumdb, sharing no code with Repatria.
//
//	verify <directory> <vkey> [<file.tlog-proof> <entry file>]
//
// It opens the checkpoint with the log's key, hashes the entries of the bundles, recomputes the root and every tile,
// and compares them with what the directory holds. With a proof it also checks the receipt against its own
// checkpoint, and that checkpoint's tree against the directory's.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of a tile: 256 hashes

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 && len(args) != 4 {
		return fmt.Errorf("usage: verify directory vkey [proof entry]")
	}
	dir := args[0]
	verifier, err := note.NewVerifier(args[1])
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, verifier)
	if err != nil {
		return err
	}
	hashes, err := hashEntries(dir, tree.N)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the entries hash to %v, signed is %v", root, tree.Hash)
	}
	count := 0
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		// Older releases of tlog also name every narrower partial tile; only the widest must be there.
		if width := int(tree.N >> (height * uint(tile.L)) & (1<<height - 1)); tile.W < 1<<height && tile.W != width {
			continue
		}
		count++
		want, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		// tlog's paths name the height (tile/8/0/000), tlog-tiles leaves it out.
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s differs", path)
		}
	}
	fmt.Printf("%d entries, %d tiles, %v\n", tree.N, count, tree.Hash)
	if len(args) == 4 {
		return checkReceipt(args[2], args[3], verifier, tree, hashes)
	}
	return nil
}

func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("not this log's checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// storedHashes is every complete subtree's hash, in tlog's order.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found[i] = s[index]
	}
	return found, nil
}

func hashEntries(dir string, size int64) (storedHashes, error) {
	var hashes storedHashes
	for index := int64(0); index < size; {
		tile := tlog.Tile{H: height, L: 0, N: index >> height, W: 1 << height}
		if left := size - index; left < 1<<height {
			tile.W = int(left)
		}
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return nil, err
		}
		for i := 0; i < tile.W; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s is cut off in entry %d", path, index)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			added, err := tlog.StoredHashes(index, bundle[2:end], hashes)
			if err != nil {
				return nil, err
			}
			hashes, bundle, index = append(hashes, added...), bundle[end:], index+1
		}
		if len(bundle) != 0 {
			return nil, fmt.Errorf("%s has bytes left over", path)
		}
	}
	return hashes, nil
}

func checkReceipt(proofPath, entryPath string, verifier note.Verifier, now tlog.Tree, hashes storedHashes) error {
	data, err := os.ReadFile(proofPath)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryPath)
	if err != nil {
		return err
	}
	head, signed, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return fmt.Errorf("a hash of the proof is malformed")
		}
		proof = append(proof, tlog.Hash(*(*[tlog.HashSize]byte)(raw)))
	}
	then, err := openCheckpoint([]byte(signed), verifier)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, then.N, then.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	grown, err := tlog.ProveTree(now.N, then.N, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(grown, now.N, now.Hash, then.N, then.Hash); err != nil {
		return err
	}
	fmt.Printf("entry %d of %d, and those are the first of the %d\n", index, then.N, now.N)
	return nil
}
