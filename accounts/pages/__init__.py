"""What the admin's pages share: who may open them, lists, the question before a destructive step, where they are."""
