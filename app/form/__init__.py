"""Forms generated from the Pydantic classes: their fields are the widgets."""
