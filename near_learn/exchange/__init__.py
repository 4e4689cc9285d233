"""Questions from and for other systems: GIFT and Moodle XML. No Flask, no database."""
