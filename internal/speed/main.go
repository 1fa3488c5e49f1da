// Command speed measures lyncowa as a person meets it, whole processes, and writes the page of numbers on
// standard output. It judges by ratios in the same run; it is no part of lyncowa.
//
//	speed LYNCOWA FLOOR ALLOCATIONS LITWARE FOLDER
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: speed LYNCOWA FLOOR ALLOCATIONS LITWARE FOLDER")
		os.Exit(3)
	}
	m, err := measureAll(tools{os.Args[1], os.Args[2], os.Args[3]}, os.Args[4], os.Args[5])
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(4)
	}
	fmt.Print(page(m))
}
