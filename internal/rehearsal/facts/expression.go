package facts

import (
	"strings"
)

// grammar says what an expression may hold at its place.
type grammar struct {
	assigns   bool // an assignment may be made: what follows "=" is a statement of its own
	overLines bool // line ends do not end it: arguments of a method, an index
	optional  bool // it may be empty
	noComma   bool // a comma ends it: the default of a parameter
	noEquals  bool // an equals sign ends it: the key of a hash table
	names     bool // bare names are allowed: a type or an attribute
}

// pipeline reads elements joined by bars.
func (r *reader) pipeline() {
	defer r.deeper(0)()
	r.element(false)
	r.pipelineRest()
}

func (r *reader) pipelineRest() {
	for r.skip(false); r.peek(0) == '|' && r.peek(1) != '|'; r.skip(false) {
		r.at++
		r.skip(true)
		r.element(true)
	}
}

// element reads an expression or a command, whichever starts here.
func (r *reader) element(piped bool) {
	c, next := r.peek(0), r.peek(1)
	switch {
	case c == '&' && next != '&', c == '.' && startsDotSource(next):
		r.command(string(c), piped)
	case r.startsExpression():
		r.expression(grammar{assigns: true})
	case endsWord(c), c == '@':
		r.failHere("where a command or an expression must start")
	default:
		r.command("", piped)
	}
}

func startsDotSource(c rune) bool {
	return isBlank(c) || isSingleQuote(c) || isDoubleQuote(c) || strings.ContainsRune("$({", c)
}

// unaryWords are the operators of letters that may stand before their operand.
var unaryWords = map[string]bool{"not": true, "bnot": true, "split": true, "isplit": true, "csplit": true, "join": true}

func (r *reader) startsExpression() bool {
	c, next := r.peek(0), r.peek(1)
	switch {
	case isSingleQuote(c), isDoubleQuote(c), strings.ContainsRune("$([{!,", c):
		return true
	case c == '@':
		return next == '(' || next == '{' || isSingleQuote(next) || isDoubleQuote(next)
	case isDigit(c), c == '.' && isDigit(next):
		return !r.numberGoesOn()
	case isDash(c) && isNameStart(next):
		return unaryWords[r.operatorWord()]
	case isDash(c), c == '+':
		return isDash(next) || isDigit(next) || strings.ContainsRune("+$(.[ ", next)
	}
	return false
}

// numberGoesOn reports whether the number that starts here is only the beginning of a command's name: 7z, 1:x.
func (r *reader) numberGoesOn() bool {
	n := r.number()
	c, next := r.peek(n), r.peek(n+1)
	return isName(c) || c == '\\' || c == ':' || c == '.' && isNameStart(next)
}

// number returns the length of the number that starts here.
func (r *reader) number() int {
	n := 0
	if r.peek(0) == '0' && (r.peek(1) == 'x' || r.peek(1) == 'X') {
		for n = 2; isHexDigit(r.peek(n)); n++ {
		}
	} else {
		n = r.decimal()
	}
	if strings.ContainsRune("lLdD", r.peek(n)) {
		n++
	}
	if strings.ContainsRune("kKmMgGtTpP", r.peek(n)) && (r.peek(n+1) == 'b' || r.peek(n+1) == 'B') {
		n += 2
	}
	return n
}

func (r *reader) decimal() int {
	n := 0
	for isDigit(r.peek(n)) {
		n++
	}
	if r.peek(n) == '.' && isDigit(r.peek(n+1)) {
		for n++; isDigit(r.peek(n)); n++ {
		}
	}
	if r.peek(n) != 'e' && r.peek(n) != 'E' {
		return n
	}
	exponent := n + 1
	if r.peek(exponent) == '+' || isDash(r.peek(exponent)) {
		exponent++
	}
	if !isDigit(r.peek(exponent)) {
		return n
	}
	for isDigit(r.peek(exponent)) {
		exponent++
	}
	return exponent
}

func isHexDigit(c rune) bool { return strings.ContainsRune("0123456789abcdefABCDEF", c) }

// expression reads operands and operators.
func (r *reader) expression(g grammar) {
	defer r.deeper(0)()
	(&terms{reader: r, grammar: g}).read()
}

// expressionAfterType goes on with an expression whose first type was read.
func (r *reader) expressionAfterType() {
	(&terms{reader: r, grammar: grammar{assigns: true}, begun: true, have: true, cast: true}).read()
}

// terms is the state of an expression while it is read.
type terms struct {
	*reader
	grammar
	begun bool // something was read
	have  bool // an operand was read last, so that an operator may follow
	cast  bool // that operand was a type, so that its operand may follow too
}

func (t *terms) read() {
	for {
		t.skip(t.overLines || t.begun && !t.have)
		if t.ends() {
			break
		}
		t.begun = true
		if !t.have || t.cast && t.startsOperand() {
			t.operand()
			continue
		}
		if t.operator() {
			return
		}
	}
	if !t.names && (t.begun && !t.have || !t.begun && !t.optional) {
		t.failHere("where an operand must stand")
	}
}

func (t *terms) ends() bool {
	switch c := t.peek(0); c {
	case end, ')', ']', '}', ';', '|', '&':
		return true
	case ',':
		return t.noComma
	case '=':
		return t.noEquals
	default:
		return isNewline(c)
	}
}

func (t *terms) startsOperand() bool {
	c := t.peek(0)
	return isSingleQuote(c) || isDoubleQuote(c) || isDigit(c) || strings.ContainsRune("$@({", c) ||
		c == '[' || c == '.' && isDigit(t.peek(1)) || c == '!'
}

// operand reads one operand, or an operator that stands before it.
func (t *terms) operand() {
	c := t.peek(0)
	t.have, t.cast = true, false
	switch {
	case c == '[':
		t.bracket()
		t.cast = true
	case isDash(c) && isNameStart(t.peek(1)):
		t.have = false
		t.operatorOfLetters(unaryWords)
	case isDash(c), strings.ContainsRune("+!,", c):
		t.at++
		t.have = false
	case t.names && isNameStart(c):
		for isName(t.peek(0)) {
			t.at++
		}
	case t.names && strings.ContainsRune("*=", c):
		t.at++
	default:
		t.simpleOperand()
	}
}

// simpleOperand reads a string, number, variable, block or bracketed expression.
func (r *reader) simpleOperand() {
	c, next := r.peek(0), r.peek(1)
	switch {
	case isSingleQuote(c), isDoubleQuote(c), c == '@' && (isSingleQuote(next) || isDoubleQuote(next)):
		r.quoted()
	case c == '$' && next == '(', c == '@' && next == '(':
		r.enclosed(2, ')')
	case c == '$':
		r.variable()
	case c == '@' && next == '{':
		r.hashTable()
	case c == '(':
		r.parenthesis()
	case c == '{':
		r.scriptBlock()
	case isDigit(c), c == '.' && isDigit(next):
		r.at += r.number()
		if isName(r.peek(0)) {
			r.failHere("after a number")
		}
	default:
		r.failHere("where an operand must stand")
	}
}

// operator reads what may follow an operand and reports whether it ended the expression: an assignment did.
func (t *terms) operator() bool {
	c, next := t.peek(0), t.peek(1)
	afterType := t.cast
	t.cast = false
	switch {
	case c == '.' && next == '.':
		t.at += 2
		t.have = false
	case c == '.':
		t.at++
		t.member(t.grammar)
	case c == ':' && next == ':':
		t.at += 2
		t.member(t.grammar)
	case c == '[':
		t.index(t.grammar)
	case c == '(' && t.names:
		t.methodArguments(t.grammar)
	case c == '+' && next == '+', isDash(c) && isDash(next):
		t.at += 2
	case t.redirection():
	case isDash(c) && isNameStart(next):
		t.operatorOfLetters(binaryWords)
		t.have = false
	case t.names && (c == '`' || c == '='):
		t.at++
		t.have = c == '`'
		if c == '`' {
			for isDigit(t.peek(0)) || t.peek(0) == '`' {
				t.at++
			}
		}
	case c == '=', next == '=' && (isDash(c) || strings.ContainsRune("+*/%", c)):
		return t.assignment()
	case isDash(c), strings.ContainsRune("+*/%,", c):
		t.at++
		t.have = false
	default:
		after := "after an operand"
		if afterType {
			after = "after a type"
		}
		t.failHere(after)
	}
	return false
}

func (t *terms) assignment() bool {
	if !t.assigns {
		t.failHere("in an expression that cannot assign")
		return true
	}
	for t.peek(0) != '=' {
		t.at++
	}
	t.at++
	t.skip(true)
	t.statement()
	return true
}

// operatorWord returns the letters after the dash that stands here, in lower case.
func (r *reader) operatorWord() string {
	n := 1
	for isName(r.peek(n)) {
		n++
	}
	return strings.ToLower(string(r.text[r.at+1 : r.at+n]))
}

func (r *reader) operatorOfLetters(allowed map[string]bool) {
	word := r.operatorWord()
	if !allowed[word] {
		r.fail(r.at, "there is no operator -%s here", word)
		return
	}
	r.at++
	for isName(r.peek(0)) {
		r.at++
	}
}

// binaryWords are the operators of letters that stand between operands; comparing ones also begin with i or c.
var binaryWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields("is isnot as f and or xor band bor bxor shl shr join") {
		words[w] = true
	}
	for _, w := range strings.Fields("eq ne ge gt lt le like notlike match notmatch replace contains notcontains in notin split") {
		words[w], words["i"+w], words["c"+w] = true, true, true
	}
	return words
}()

// member reads a member's name after its dot, and the arguments of a call.
func (r *reader) member(g grammar) {
	r.skip(true)
	c := r.peek(0)
	switch {
	case isNameStart(c):
		for isName(r.peek(0)) {
			r.at++
		}
	case isSingleQuote(c), isDoubleQuote(c):
		r.quoted()
	case c == '$':
		r.simpleOperand()
	case c == '(':
		r.parenthesis()
	case g.names && isDigit(c):
		r.at += r.number()
	default:
		r.failHere("where a member's name must stand")
	}
	if r.peek(0) == '(' {
		r.methodArguments(g)
	}
}

func (r *reader) methodArguments(g grammar) {
	r.at++
	r.expression(grammar{overLines: true, optional: true, names: g.names})
	r.expect(')', "after arguments")
}

func (r *reader) index(g grammar) {
	r.at++
	r.expression(grammar{overLines: true, optional: g.names, names: g.names})
	r.expect(']', "after an index")
}

// bracket reads a type or an attribute: [int], [ValidateScript({ ... })].
func (r *reader) bracket() {
	r.at++
	r.expression(grammar{overLines: true, names: true})
	r.expect(']', "after a type or an attribute")
}

func (r *reader) parenthesis() {
	defer r.deeper(1)()
	r.pipelineOverLines()
	r.skip(true)
	r.expect(')', "after a pipeline")
}

func (r *reader) scriptBlock() {
	defer r.deeper(1)()
	r.body('}')
	r.expect('}', "after statements")
}

func (r *reader) hashTable() {
	defer r.deeper(2)()
	for r.separators(); r.peek(0) != '}' && r.peek(0) != end; r.separators() {
		r.hashKey()
		r.skip(true)
		r.expect('=', "after the key of a hash table")
		r.skip(true)
		if r.statement() {
			r.endOfStatement('}')
		}
	}
	r.expect('}', "after a hash table")
}

func (r *reader) hashKey() {
	if !isNameStart(r.peek(0)) {
		r.expression(grammar{noEquals: true, noComma: true})
		return
	}
	for isName(r.peek(0)) {
		r.at++
	}
}

// variable reads $name, $scope:name, ${any text}, $$, $^ and $?.
func (r *reader) variable() {
	start := r.at
	r.at++
	switch c := r.peek(0); {
	case c == '{':
		r.bracedVariable(start)
	case c == '$', c == '^':
		r.at++
	case isVariable(c), c == ':' && isVariable(r.peek(1)):
		r.variableName(start)
	default:
		r.failHere("after a dollar sign")
	}
}

func isVariable(c rune) bool { return isName(c) || c == '?' }

func (r *reader) variableName(start int) {
	for isVariable(r.peek(0)) || r.peek(0) == ':' && r.peek(1) != ':' {
		r.at++
	}
	if r.text[r.at-1] == ':' {
		r.fail(start, "%s names a drive and no variable; write ${name}", r.source(start))
	}
}

func (r *reader) bracedVariable(start int) {
	for ; r.peek(0) != '}'; r.at++ {
		if r.peek(0) == '`' && r.peek(1) != end {
			r.at++
		}
		if r.peek(0) == end {
			r.fail(start, "the variable's name has no closing brace")
			return
		}
	}
	r.at++
}
