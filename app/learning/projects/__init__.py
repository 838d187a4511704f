"""What the programmer community builds: name, OPD, repository, status, who."""
