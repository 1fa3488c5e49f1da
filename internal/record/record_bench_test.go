package record_test

import (
	"fmt"
	"testing"

	"lyncowa/internal/record"
)

// BenchmarkPages shows how the cost of the record grows with the number of servers.
func BenchmarkPages(b *testing.B) {
	for _, servers := range []int{1, 100, 10_000} {
		p := build(b, large(servers))
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := record.New(p)
				r.Markdown()
				r.HTML()
			}
		})
	}
}
