package bundle

import (
	"fmt"
	"maps"
	"runtime"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
)

// view is one or more files that show the whole plan. Views know nothing of each other.
type view struct {
	name   string // as errors call it
	render func() ([]File, error)
}

// viewsOf are all files of a bundle that are made from the plan alone. What takes longest begins first; the module is
// half as much work as all scripts of a small bundle, so it is made beside them.
func viewsOf(p *plan.Plan) []view {
	r := record.New(p)
	return []view{
		{"the change record's page", oneFile(record.HTMLPath, surely(r.HTML))},
		{"the scripts", func() ([]File, error) { return renderScripts(p) }},
		{"the module", oneFile(modulePath, func() ([]byte, error) { return renderModule(p) })},
		{"the plan", oneFile(PlanPath, func() ([]byte, error) { return EncodePlan(p) })},
		{"the change record", oneFile(record.MarkdownPath, surely(r.Markdown))},
		{"the topology", oneFile(TopologyPath, func() ([]byte, error) { return p.Source, nil })},
	}
}

// oneFile makes a view's function of one that makes one file's bytes.
func oneFile(path string, encode func() ([]byte, error)) func() ([]File, error) {
	return func() ([]File, error) {
		data, err := encode()
		return []File{{path, data}}, err
	}
}

func surely(encode func() []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return encode(), nil }
}

// rendered is what became of a view.
type rendered struct {
	files []File
	sums  map[string]string // of the files, by path
	err   error
}

func (v view) result() rendered {
	files, err := v.render()
	if err != nil {
		return rendered{err: fmt.Errorf("render %s: %w", v.name, err)}
	}
	return rendered{files: files, sums: sumsOf(files)}
}

// renderViews makes all views and their sums, as many at once as there are processors. The first error is that of the
// first view, whichever failed first.
func renderViews(p *plan.Plan) ([]File, map[string]string, error) {
	views := viewsOf(p)
	results := make([]rendered, len(views))
	atOnce(runtime.GOMAXPROCS(0), len(views), func(i int) { results[i] = views[i].result() })
	var files []File
	sums := map[string]string{}
	for _, r := range results {
		if r.err != nil {
			return nil, nil, r.err
		}
		files = append(files, r.files...)
		maps.Copy(sums, r.sums)
	}
	return files, sums, nil
}
