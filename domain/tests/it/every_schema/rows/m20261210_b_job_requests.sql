UPDATE outbox SET request = 'a request' WHERE id = $id(job that waits);
