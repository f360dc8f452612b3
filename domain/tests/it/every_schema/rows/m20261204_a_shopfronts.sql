UPDATE studios SET accent = 'moss' WHERE id = $id(nova);
