UPDATE beats SET samples = '[{"title": "A voice", "source": "a friend", "clearance": "cleared"}]' WHERE id = $id(haze);
