package facts

import "strings"

// command reads a command with its operator, name and elements.
func (r *reader) command(operator string, piped bool) {
	index := len(r.script.Commands)
	r.script.Commands = append(r.script.Commands, Command{Operator: operator, Piped: piped, offset: r.at})
	defer r.deeper(len(operator))()
	r.skip(false)
	if endsWord(r.peek(0)) && r.peek(0) != '(' && r.peek(0) != '{' {
		r.failHere("where a command's name must stand")
		return
	}
	kind, name := r.commandName()
	elements := r.elements()
	c := &r.script.Commands[index]
	c.Kind, c.Name, c.Elements = kind, name, elements
}

func (r *reader) commandName() (Kind, string) {
	block := r.peek(0) == '{'
	name := r.argument()
	switch {
	case block:
		return Block, name.Text
	case !name.Constant:
		return Dynamic, name.Text
	case strings.ContainsAny(name.Value, `\/`):
		return Path, name.Value
	default:
		return Named, name.Value
	}
}

// elements reads parameters and arguments up to the end of the command.
func (r *reader) elements() []Element {
	var elements []Element
	onlyArguments := false // after --
	for {
		r.skip(false)
		c, next := r.peek(0), r.peek(1)
		switch {
		case r.atEndOfPipeline(), c == '|', c == '&', r.err != nil:
			return elements
		case r.redirection():
		case c == '<', c == '@' && (next == end || isBlank(next) || isNewline(next)):
			r.failHere("in a command")
		case isDash(c) && isDash(next) && r.peek(2) == '%' && endsWord(r.peek(3)):
			return append(elements, r.verbatimArguments()...)
		case isDash(c) && isDash(next) && endsWord(r.peek(2)) && !onlyArguments:
			r.at += 2
			elements = append(elements, Element{Kind: ParameterName, Name: "-"})
			onlyArguments = true
		case isDash(c) && (isNameStart(next) || next == '?') && !onlyArguments:
			elements = append(elements, r.parameter())
		case c == '@' && isNameStart(next):
			elements = append(elements, r.splat())
		default:
			elements = append(elements, r.arguments())
		}
	}
}

// parameter reads -Name or -Name:argument. A quote in it makes it an argument.
func (r *reader) parameter() Element {
	start := r.at
	for r.at++; !endsParameter(r.peek(0)); r.at++ {
		if c := r.peek(0); isSingleQuote(c) || isDoubleQuote(c) {
			r.at = start
			return r.arguments()
		}
	}
	e := Element{Kind: ParameterName, Name: string(r.text[start+1 : r.at])}
	if r.peek(0) != ':' {
		return e
	}
	r.at++
	r.skip(false)
	if r.atEndOfPipeline() {
		r.failHere("after the colon of -" + e.Name)
		return e
	}
	argument := r.arguments()
	e.Attached, e.Text, e.Value, e.Constant = true, argument.Text, argument.Value, argument.Constant
	return e
}

func endsParameter(c rune) bool {
	return c == end || c == 0 || isBlank(c) || isNewline(c) || strings.ContainsRune("{}();,|&.[:", c)
}

func (r *reader) splat() Element {
	start := r.at + 1
	for r.at++; isVariable(r.peek(0)) || r.peek(0) == ':'; r.at++ {
	}
	return Element{Kind: Splat, Name: r.source(start)}
}

// verbatimArguments reads --% and the rest of the line, which goes to a program as it stands.
func (r *reader) verbatimArguments() []Element {
	r.at += len("--%")
	elements := []Element{{Kind: Argument, Text: "--%", Value: "--%", Constant: true}}
	for isBlank(r.peek(0)) {
		r.at++
	}
	start, quoted := r.at, false
	for c := r.peek(0); c != end && !isNewline(c) && (quoted || c != '|'); c = r.peek(0) {
		quoted = quoted != (c == '"')
		r.at++
	}
	if r.at > start {
		elements = append(elements, Element{Kind: Argument, Text: r.source(start)})
	}
	return elements
}

// arguments reads one argument with all that commas add to it.
func (r *reader) arguments() Element {
	start := r.at
	e := r.argument()
	for {
		last := r.at
		r.skip(false)
		if r.peek(0) != ',' {
			if r.err == nil {
				r.at = last
			}
			e.Text = r.source(start)
			return e
		}
		r.at++
		r.skip(true)
		r.argument()
		e.Value, e.Constant = "", false
	}
}

// argument reads one argument: a string, a bracketed expression, a block, or a bare word.
func (r *reader) argument() Element {
	defer r.deeper(0)()
	start := r.at
	e := Element{Kind: Argument}
	c, next := r.peek(0), r.peek(1)
	switch {
	case isSingleQuote(c), isDoubleQuote(c), c == '@' && (isSingleQuote(next) || isDoubleQuote(next)):
		e.Value, e.Constant = r.quoted()
		e.Constant = !r.members() && e.Constant
	case c == '$' && (next == '(' || next == '{' || next == '$' || next == '^' || isVariable(next)):
		r.simpleOperand()
		r.members()
		r.bareWord() // $folder\file goes on as one word
	case c == '(', c == '{', c == '@' && (next == '(' || next == '{'):
		r.simpleOperand()
		r.members()
	case endsWord(c):
		r.failHere("where an argument must stand")
	default:
		e.Value, e.Constant = r.bareWord()
	}
	e.Text = r.source(start)
	return e
}

// members reads .Name, .Call(...), ::Name and [index] right after an argument's first part.
func (r *reader) members() (any bool) {
	for {
		c, next := r.peek(0), r.peek(1)
		switch {
		case c == '.' && (isNameStart(next) || strings.ContainsRune("$('\"", next)):
			r.at++
			r.member(grammar{})
		case c == ':' && next == ':' && isNameStart(r.peek(2)):
			r.at += 2
			r.member(grammar{})
		case c == '[':
			r.index(grammar{})
		default:
			return any
		}
		any = true
	}
}

// bareWord reads up to the end of a word, with the quoted parts and expressions in it.
func (r *reader) bareWord() (value string, constant bool) {
	var text strings.Builder
	constant = true
	for !endsWord(r.peek(0)) && (r.peek(0) != '`' || !isNewline(r.peek(1))) {
		c := r.peek(0)
		switch {
		case isSingleQuote(c), isDoubleQuote(c):
			part, known := r.quoted()
			text.WriteString(part)
			constant = constant && known
		case !r.expansion(&text):
			constant = false
		}
	}
	return text.String(), constant
}

// redirection reads > file, 2>&1 and the like, if one starts here.
func (r *reader) redirection() bool {
	n := 0
	if (isDigit(r.peek(0)) || r.peek(0) == '*') && r.peek(1) == '>' {
		n = 1
	}
	if r.peek(n) != '>' {
		return false
	}
	r.at += n + 1
	if r.peek(0) == '>' {
		r.at++
	}
	if r.peek(0) == '&' && isDigit(r.peek(1)) {
		r.at += 2
		return true
	}
	r.skip(false)
	r.argument()
	return true
}
