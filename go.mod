module lyncowa

go 1.26
