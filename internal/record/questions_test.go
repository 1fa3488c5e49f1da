package record_test

// questions are what a change form asks, written down before the record was. Each names the row or the section that
// answers it, and the page of the printed record: 1, 2, or 3 for the appendix.
var questions = []struct {
	ask    string
	answer string
	page   int
}{
	{"What is its number and its title?", "Change", 1},
	{"Which kind of change is it, and of which products and versions?", "Change", 1},
	{"Is it standard, normal or an emergency?", "Form", 1},
	{"Which priority and category has it?", "Form", 1},
	{"Which group does it, and who is responsible?", "Form", 1},
	{"Who asks for it, and who can be called?", "People", 1},
	{"What does it do, for somebody who does not know the product?", "What", 1},
	{"Why is it done?", "Why", 1},
	{"How large is it: how many objects, on how many servers?", "Size", 1},
	{"When does it begin and end?", "Window", 1},
	{"How long does it take, and how is that computed?", "Duration", 1},
	{"Until when must a back-out begin, and how long does it take?", "Duration", 1},
	{"Is there an outage: of what, how long?", "Outage", 1},
	{"Who notices it, and what do they notice?", "Who notices", 1},
	{"How likely is trouble, and how bad would it be?", "Risk × impact", 1},
	{"What cannot be undone?", "Cannot be undone", 1},
	{"How is it undone, and who decides that?", "Undo", 1},
	{"How is success known?", "It worked if", 1},
	{"Who signs in to test it?", "It worked if", 1},
	{"What is still open, and must be answered first?", "Open questions", 1},
	{"Was it tested, and on what?", "Tested", 1},
	{"What exactly is approved?", "Approve", 1},
	{"Who signs?", "Sign-off", 1},
	{"Which alternatives were there, and why is it done this way?", "The decision behind it", 1},
	{"Which commands run, with which values, in which order?", "The commands", 2},
	{"Which steps are left out, and why?", "The commands", 2},
	{"Which servers and services are touched, with which settings?", "Servers and settings", 3},
	{"Which rights does the implementer need?", "Steps", 3},
	{"What is checked before anything changes, and what can go wrong?", "Checks and risks", 3},
	{"What does a back-out leave behind, and what if its evidence is lost?", "Going back", 3},
	{"What is looked at when it does not work?", "If it does not work", 3},
	{"What is kept afterwards, and which part of it is sensitive?", "Evidence", 3},
	{"Where does the procedure come from, and where do its sources disagree?", "Sources", 3},
}
