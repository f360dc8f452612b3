UPDATE signing_sessions SET code_secret = '01234567' WHERE id = $id(signing);
