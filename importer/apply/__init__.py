"""The async loop: carries out what the plan and delivery/ decided."""
