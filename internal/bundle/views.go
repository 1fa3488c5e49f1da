package bundle

import (
	"fmt"
	"maps"
	"sync"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
)

// view is one or more files that show the whole plan. Views know nothing of each other.
type view struct {
	name   string // as errors call it
	render func(*plan.Plan) ([]File, error)
}

// views are all files of a bundle that are made from the plan alone, the most work first. The module is half as much
// work as all scripts of a small bundle, so it is made beside them.
var views = []view{
	{"the change record", renderRecord},
	{"the scripts", renderScripts},
	{"the module", oneFile(modulePath, renderModule)},
	{"the plan", oneFile(PlanPath, EncodePlan)},
	{"the topology", oneFile(TopologyPath, source)},
}

func renderRecord(p *plan.Plan) ([]File, error) {
	markdown, html := record.Views(p)
	return []File{{record.MarkdownPath, markdown}, {record.HTMLPath, html}}, nil
}

func source(p *plan.Plan) ([]byte, error) { return p.Source, nil }

// oneFile makes a view of a function that makes one file's bytes.
func oneFile(path string, encode func(*plan.Plan) ([]byte, error)) func(*plan.Plan) ([]File, error) {
	return func(p *plan.Plan) ([]File, error) {
		data, err := encode(p)
		return []File{{path, data}}, err
	}
}

// rendered is what became of a view.
type rendered struct {
	files []File
	sums  map[string]string // of the files, by path
	err   error
}

func (v view) of(p *plan.Plan) rendered {
	files, err := v.render(p)
	if err != nil {
		return rendered{err: fmt.Errorf("render %s: %w", v.name, err)}
	}
	return rendered{files: files, sums: sumsOf(files)}
}

// renderViews makes all views and their sums at once, each view on a processor of its own where there are several.
// The first error is that of the first view, whichever failed first.
func renderViews(p *plan.Plan) ([]File, map[string]string, error) {
	made := make([]rendered, len(views))
	var all sync.WaitGroup
	for i, v := range views {
		all.Go(func() { made[i] = v.of(p) })
	}
	all.Wait()
	var files []File
	sums := map[string]string{}
	for _, m := range made {
		if m.err != nil {
			return nil, nil, m.err
		}
		files = append(files, m.files...)
		maps.Copy(sums, m.sums)
	}
	return files, sums, nil
}
