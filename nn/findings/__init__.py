"""Why a network does not learn: what was measured, and the setting that helps."""
