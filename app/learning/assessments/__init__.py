"""Whether people learnt: tests before and after, practical work by a rubric, feedback, and what became of them."""
