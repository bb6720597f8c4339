"""Cases that once broke something, made small, with what it was; they are run every time.

A line is what `python -m tests.simulation.run` takes.
"""

KEPT = {
    "a key revoked after its receipts were relied on: the audit called an honest release beyond the bound": (
        '{"people":[5,4],"places":2,"desks":2,"loss":0.05,"repeat":0.23,"delay":20,'
        '"faults":[{"kind":"lost-key","at":66,"after":46,"who":"north/desk-bridge"}],"seed":0}'
    ),
    "a finding by a key that is revoked later: the audit called the next release out of sequence": (
        '{"seed":607,"people":[9,5],"uncounted":[1,0],"places":2,"loss":0.11,"repeat":0.24,"fates":[["north",0,'
        '"substituted"],["north",6,"no-access"],["south",3,"on-paper"]],"faults":[{"kind":"dark","at":62,'
        '"after":54,"long":200,"who":"north/desk-bridge"},{"kind":"lost-key","at":64,"after":14,'
        '"who":"south/desk-bridge"},{"kind":"suspension","at":65,"after":54,"long":273,"who":"north"}]}'
    ),
    "a stolen key's double signing voids a release, and with it the honest receipt that rests on it": (
        '{"seed":114,"people":[7,7],"spare":1,"stages":2,"regrants":true,"loss":0.2,"repeat":0.22,"delay":20,'
        '"fates":[["north",2,"declines"],["south",6,"substituted"]],"faults":[{"kind":"hostile","at":36,'
        '"after":3,"who":"gulf","what":"double-signed"},{"kind":"hostile","at":38,"after":28,"who":"north",'
        '"what":"withdrawal"},{"kind":"hostile","at":58,"after":31,"who":"north","what":"back-dated"},'
        '{"kind":"replan","at":82,"after":7,"who":"gulf"}]}'
    ),
    "an honest desk's acts are void since others signed with its key: the balance of its own side only": (
        '{"seed":206,"people":[4,4],"regrants":true,"loss":0.06,"repeat":0.12,"delay":20,"fates":[["south",2,'
        '"substituted"],["south",3,"no-access"]],"faults":[{"kind":"hostile","at":38,"after":53,"who":"south","what":'
        '"other-exchange"},{"kind":"hostile","at":57,"after":46,"who":"north","what":"back-dated"}]}'
    ),
    "two receiving desks find the same substitution, and the second word comes after a new right": (
        '{"seed":664,"people":[2,3],"uncounted":[0,2],"bound":2,"desks":2,"regrants":true,"loss":0.16,"repeat":0.04,'
        '"delay":90,"fates":[["south",0,"substituted"]]}'
    ),
    "a finding of a substitution comes after supervisors of both sides have settled the release: refused "
    "as said twice": (
        '{"seed":18407,"people":[4,5],"uncounted":[1,0],"loss":0.21,"repeat":0.26,"delay":90,"fates":[["north",2,'
        '"substituted"],["north",3,"no-access"],["north",4,"substituted"],["south",5,"no-access"]],'
        '"faults":[{"kind":"power-cut","at":24,"after":10,"long":31,"who":"north/desk-bridge","what":"after"}]}'
    ),
    "a second desk's finding comes after the person has a new right; whoever relied on it is refused "
    "with it": (
        '{"seed":1,"people":[4,2],"uncounted":[1,0],"spare":1,"desks":2,"regrants":true,"loss":0.02,'
        '"repeat":0.16,"delay":20,"fates":[["north",0,"substituted"],["north",2,"substituted"]]}'
    ),
    "a stolen desk key signs two releases of one person: the other side's release that rests on the void "
    "one has happened, and no longer counts in its balance": (
        '{"seed":37,"people":[3,4],"spare":1,"faults":[{"kind":"hostile","at":48,"after":25,"who":"north",'
        '"what":"no-right"}]}'
    ),
    "an honest desk that takes a new snapshot signs a second receipt for the same place of its chain": (
        '{"seed":14375,"people":[2,2],"spare":1,"stages":2,"places":2,"desks":2,"loss":0.06,"repeat":0.04,'
        '"delay":20,"fates":[["north",0,"substituted"]],"faults":[{"kind":"secretariat","at":24,"after":54,'
        '"long":217,"who":"straits","what":"drops"},{"kind":"crash","at":27,"after":57,"long":40,'
        '"who":"straits"},{"kind":"hostile","at":47,"after":15,"who":"gulf","what":"neutral\'s-word"},'
        '{"kind":"abort","at":67,"after":21,"who":"gulf"},{"kind":"dark","at":68,"after":50,"long":1500,'
        '"who":"cross/gate-bridge"},{"kind":"lost-key","at":72,"after":15,"long":300,'
        '"who":"north/desk-bridge-2"}]}'
    ),
}
