package facts

import "strings"

// body reads a script, or a block after its brace, up to the closing character: attributes, param, statements.
// It returns the parameters and the attributes before them.
func (r *reader) body(closing rune) (parameters []declaration, attributes []string) {
	r.separators()
	attributes, bracketed := r.attributes()
	blank := r.at
	r.skip(true)
	switch {
	case strings.EqualFold(r.word(), "param"):
		r.at += len("param")
		r.skip(true)
		parameters = r.parameterList()
	case bracketed: // they were types of an expression
		r.at = blank
		r.expressionAfterType()
		r.pipelineRest()
		r.endOfStatement(closing)
	}
	r.statements(closing)
	return parameters, attributes
}

// attributes reads [..][..] and returns their texts. It leaves the reader right after the last one.
func (r *reader) attributes() (texts []string, any bool) {
	for {
		blank := r.at
		r.skip(true)
		if r.peek(0) != '[' {
			r.at = blank
			return texts, len(texts) > 0
		}
		start := r.at
		r.bracket()
		texts = append(texts, r.source(start))
	}
}

// separators passes everything that may stand between statements.
func (r *reader) separators() {
	for r.skip(true); r.peek(0) == ';'; r.skip(true) {
		r.at++
	}
}

// statements reads up to the closing character and leaves it there.
func (r *reader) statements(closing rune) {
	for {
		r.separators()
		if r.peek(0) == closing || r.peek(0) == end {
			return
		}
		if r.statement() {
			r.endOfStatement(closing)
		}
	}
}

func (r *reader) endOfStatement(closing rune) {
	r.skip(false)
	if c := r.peek(0); c != closing && c != ';' && c != end && !isNewline(c) {
		r.failHere("after a statement")
	}
}

// enclosed reads statements between two characters, the first of which stands n characters ahead.
func (r *reader) enclosed(n int, closing rune) {
	defer r.deeper(n)()
	r.statements(closing)
	r.expect(closing, "after statements")
}

// block reads { statements }.
func (r *reader) block() {
	r.skip(true)
	if r.peek(0) != '{' {
		r.failHere("where a block must start")
		return
	}
	r.enclosed(1, '}')
}

// statement reads one statement and reports whether it needs a line end or semicolon after it.
func (r *reader) statement() bool {
	defer r.deeper(0)()
	r.label()
	start, word := r.at, strings.ToLower(r.word())
	if (word == "begin" || word == "process" || word == "end" || word == "dynamicparam") && !r.blockFollows(len(word)) {
		word = "" // a command of that name
	}
	r.at += len(word)
	switch word {
	case "if":
		r.ifElse()
	case "while":
		r.condition()
		r.block()
	case "do":
		return r.doLoop()
	case "for":
		r.loopHead(func() { r.statements(')') })
		r.block()
	case "foreach":
		r.switches()
		r.loopHead(r.forEachHead)
		r.block()
	case "switch":
		r.switchCases()
	case "try":
		r.tryCatch()
	case "trap":
		r.caughtTypes()
		r.block()
	case "begin", "process", "end", "dynamicparam":
		r.block()
	case "data":
		r.dataSection()
	case "function", "filter", "workflow":
		r.function(start)
	case "return", "throw", "exit":
		r.optionalPipeline()
		return true
	case "break", "continue":
		r.optionalLabel()
		return true
	case "param", "else", "elseif", "catch", "finally", "until", "class", "enum", "using", "from", "define", "var":
		r.fail(start, "%s cannot start a statement here in PowerShell 3.0", word)
	default:
		r.at = start
		r.pipeline()
		return true
	}
	return false
}

// loops are the keywords that a label may stand before.
var loops = []string{"for", "foreach", "while", "do", "switch"}

// label passes ":outer" before a loop.
func (r *reader) label() {
	start := r.at
	if r.peek(0) != ':' {
		return
	}
	for r.at++; isName(r.peek(0)); r.at++ {
	}
	if endsWord(r.peek(0)) {
		r.skip(true)
	}
	if !containsFold(loops, r.word()) && r.err == nil {
		r.at = start // a command's name
	}
}

func (r *reader) blockFollows(n int) bool {
	start := r.at
	r.at += n
	r.skip(true)
	follows := r.peek(0) == '{'
	if r.err == nil {
		r.at = start
	}
	return follows
}

// next consumes the given keyword if it comes next, also on a later line.
func (r *reader) next(keyword string) bool {
	blank := r.at
	r.skip(true)
	if !strings.EqualFold(r.word(), keyword) {
		if r.err == nil {
			r.at = blank
		}
		return false
	}
	r.at += len(keyword)
	return true
}

// condition reads ( pipeline ).
func (r *reader) condition() { r.loopHead(r.pipelineOverLines) }

func (r *reader) loopHead(inside func()) {
	defer r.deeper(0)()
	r.skip(true)
	r.expect('(', "after a keyword")
	inside()
	r.skip(true)
	r.expect(')', "after a condition")
}

func (r *reader) pipelineOverLines() {
	r.skip(true)
	r.pipeline()
}

func (r *reader) ifElse() {
	r.condition()
	r.block()
	for r.next("elseif") {
		r.condition()
		r.block()
	}
	if r.next("else") {
		r.block()
	}
}

func (r *reader) doLoop() bool {
	r.block()
	if !r.next("while") && !r.next("until") {
		r.skip(true)
		r.failHere("after the block of do: while or until is missing")
	}
	r.condition()
	return true
}

func (r *reader) forEachHead() {
	r.skip(true)
	if r.peek(0) != '$' {
		r.failHere("where foreach needs its variable")
		return
	}
	r.variable()
	if !r.next("in") {
		r.failHere("where foreach needs in")
	}
	r.pipelineOverLines()
}

// switches passes -regex, -file and the like before the condition.
func (r *reader) switches() {
	for r.skip(true); isDash(r.peek(0)) && isNameStart(r.peek(1)); r.skip(true) {
		for r.at++; isName(r.peek(0)); r.at++ {
		}
	}
}

func (r *reader) switchCases() {
	r.switches()
	if r.peek(0) == '(' {
		r.condition()
	} else {
		r.argument() // of -file
	}
	r.skip(true)
	r.expect('{', "after the condition of switch")
	for r.separators(); r.peek(0) != '}' && r.peek(0) != end; r.separators() {
		r.argument()
		r.block()
	}
	r.expect('}', "after the cases of switch")
}

func (r *reader) tryCatch() {
	r.block()
	handled := false
	for r.next("catch") {
		handled = true
		r.caughtTypes()
		r.block()
	}
	if r.next("finally") {
		handled = true
		r.block()
	}
	if !handled {
		r.skip(true)
		r.failHere("after the block of try: catch or finally is missing")
	}
}

// caughtTypes passes the types of a catch or trap.
func (r *reader) caughtTypes() {
	for r.skip(true); r.peek(0) == '['; r.skip(true) {
		r.bracket()
		r.skip(true)
		if r.peek(0) == ',' {
			r.at++
		}
	}
}

func (r *reader) dataSection() {
	for r.skip(true); r.peek(0) != '{' && r.peek(0) != end; r.skip(true) {
		if r.peek(0) == ',' {
			r.at++
			continue
		}
		r.argument() // the section's name, or a permitted command
	}
	r.block()
}

func (r *reader) optionalPipeline() {
	r.skip(false)
	if !r.atEndOfPipeline() {
		r.pipeline()
	}
}

func (r *reader) atEndOfPipeline() bool {
	switch c := r.peek(0); c {
	case end, ';', ')', '}':
		return true
	default:
		return isNewline(c)
	}
}

func (r *reader) optionalLabel() {
	r.skip(false)
	if !r.atEndOfPipeline() {
		r.argument()
	}
}
