"""What we say and hear by phone: owed texts, the outbox, consent, the dialogue, gateways, webhooks."""
