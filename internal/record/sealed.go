package record

// sealed stands at the top and wherever the record has room for writing: this file is one of those that the digest
// covers.
func sealed() block {
	return warning("Sealed", say("Do not write into this file: it is sealed. Print it, or fill in a copy outside the folder, and attach that to the ticket."))
}
