module framing

go 1.19
