UPDATE uploads SET multipart = 'a name at the store', part_tags = '["tag of a part"]' WHERE id = $id(upload under way);
