-- The database writes a mark with each change of a table that is looked at.
UPDATE projects SET title = 'The second record' WHERE id = $id(project of nobody);
