"""Pictures that play by themselves, without a script."""
