"""What is taught: skills, programmes with their modules, materials, trainers and the rubric for practical work."""
