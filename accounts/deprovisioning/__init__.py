"""End of access: clean-up, the deprovisioning guard and what it holds, erasure."""
