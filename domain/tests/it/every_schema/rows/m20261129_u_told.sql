UPDATE disputes SET told_state = 'under_review', told_fee_minor = 1500, evidence = '{"receipt": "LL-5"}' WHERE id = $id(dispute);
