package rehearsal

func (r *rehearsal) rehearseTrouble() error { return nil }
