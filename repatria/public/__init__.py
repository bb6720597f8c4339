"""What the world may see: claims with their speaker, and counts that both sides confirmed, told apart."""
