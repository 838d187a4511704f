"""The register of groups: KIM and the programmer community, their members, their year."""
