# Counts the words of WET's conversion records. Bodies are found by their Content-Length, in bytes:
# run it with LC_ALL=C. mawk takes only space and tab for space between words: `tr` goes before.
left > 0 {
  if (isText) for (i = 1; i <= NF; i++) count[$i]++
  left -= length($0) + 1
  next
}
$1 == "WARC-Type:" { isText = $2 == "conversion" }
$1 == "Content-Length:" { bytes = $2 }
NF == 0 { left = bytes; bytes = 0 }
END { for (word in count) print word "\t" count[word] }
