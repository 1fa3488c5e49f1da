package bundle

import (
	"fmt"
	"sync"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
)

// view is one or more files that show the whole plan. Views know nothing of each other.
type view struct {
	name   string // as errors call it
	render func(*plan.Plan) ([]File, error)
}

// views are all files of a bundle that are made from the plan alone, the most work first.
var views = []view{
	{"the change record", renderRecord},
	{"the scripts", renderScripts},
	{"the plan", oneFile(PlanPath, EncodePlan)},
}

func renderRecord(p *plan.Plan) ([]File, error) {
	markdown, html := record.Views(p)
	return []File{{record.MarkdownPath, markdown}, {record.HTMLPath, html}}, nil
}

// oneFile makes a view of a function that makes one file's bytes.
func oneFile(path string, encode func(*plan.Plan) ([]byte, error)) func(*plan.Plan) ([]File, error) {
	return func(p *plan.Plan) ([]File, error) {
		data, err := encode(p)
		return []File{{path, data}}, err
	}
}

// renderViews makes all views at once, each on a processor of its own where there are several: the page alone
// takes as long as all others. The first error is that of the first view, whichever failed first.
func renderViews(p *plan.Plan) ([]File, error) {
	rendered := make([][]File, len(views))
	errs := make([]error, len(views))
	var all sync.WaitGroup
	for i, v := range views {
		all.Go(func() { rendered[i], errs[i] = v.render(p) })
	}
	all.Wait()
	var files []File
	for i, v := range views {
		if errs[i] != nil {
			return nil, fmt.Errorf("render %s: %w", v.name, errs[i])
		}
		files = append(files, rendered[i]...)
	}
	return files, nil
}
