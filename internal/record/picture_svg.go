package record

// picture has the panels of a wide page and those of a narrow one; the style shows either.
func (p *page) picture(pic *picture) {
	p.put("<figure class=\"picture\">\n<p class=\"legend\" aria-hidden=\"true\">")
	for i, entry := range pic.Legend {
		if i > 0 {
			p.put(" ")
		}
		p.element(`<span class="meaning"><span class="key `, entry.Class, `"></span> `)
		p.element("", entry.Meaning, "</span>")
	}
	p.put("</p>\n<div class=\"wide\">\n")
	p.panels(pic.Wide)
	p.put("</div>\n<div class=\"narrow\">\n")
	p.panels(pic.Narrow)
	p.element("</div>\n<figcaption>", pic.Caption, "</figcaption>\n</figure>\n")
}

func (p *page) panels(panels []panel) {
	for _, panel := range panels {
		p.drawing(panel.draw())
	}
}

// drawing is a panel with its title and description for those who do not see it.
func (p *page) drawing(d drawing) {
	p.put(`<svg viewBox="-1 -1 `)
	p.number(d.OuterWidth())
	p.put(" ")
	p.number(d.OuterHeight())
	p.element(`" role="img" aria-labelledby="`, d.ID, "-title ")
	p.element("", d.ID, "-description\">\n")
	p.element(`<title id="`, d.ID, `-title">`)
	p.element("", d.Title, "</title>\n")
	p.element(`<desc id="`, d.ID, `-description">`)
	p.element("", d.Description, "</desc>\n")
	for _, b := range d.Boxes {
		p.box(b)
	}
	for _, a := range d.Arrows {
		p.arrow(a)
	}
	for _, l := range d.Labels {
		p.label(l)
	}
	p.put("</svg>\n")
}

func (p *page) box(b box) {
	p.put("<rect")
	p.attribute("class", b.Class)
	p.length("x", b.X)
	p.length("y", b.Y)
	p.length("width", b.W)
	p.length("height", b.H)
	p.put(" rx=\"5\"/>\n")
}

func (p *page) arrow(a arrow) {
	p.put(`<line class="trust"`)
	p.length("x1", a.X1)
	p.length("y1", a.Y1)
	p.length("x2", a.X2)
	p.length("y2", a.Y2)
	p.put(`/><polygon class="trust"`)
	p.attribute("points", a.Head())
	p.put("/>\n")
}

func (p *page) label(l label) {
	p.put("<text")
	p.length("x", l.X)
	p.length("y", l.Y)
	p.length("font-size", l.Size)
	if l.Bold {
		p.put(` font-weight="600"`)
	}
	if l.Class != "" {
		p.attribute("class", l.Class)
	}
	p.element(">", l.Text, "</text>\n")
}
