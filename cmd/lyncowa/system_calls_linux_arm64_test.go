package main

// namesFilesInOldWays are the system calls that a processor has beside those that name a folder with each file: this
// one has none.
var namesFilesInOldWays map[uint64][]int
