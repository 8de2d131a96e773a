#!/bin/sh
# Makes the committed fonts from the packages they come from. Needs npm, and fonttools with brotli:
#   npm pack @fontsource-variable/geist@5.3.0 @fontsource-variable/geist-mono@5.3.0
#   python3 -m venv tools && tools/bin/pip install fonttools==4.68.0 brotli==1.2.1
# Usage: subset.sh <folder of geist/files> <folder of geist-mono/files> <folder with fonttools' commands>
set -eu
out=$(dirname "$0")
work=$(mktemp -d)
features='ccmp,kern,liga,locl,mark,mkmk,tnum,zero'

# cut <source> <name> <unicodes>: limits the weight axis to what the type scale uses, then keeps the given characters.
cut() {
    "$4/fonttools" varLib.instancer "$1" wght=400:600 -q -o "$work/$2.ttf"
    "$4/pyftsubset" "$work/$2.ttf" --unicodes="$3" --layout-features="$features" --flavor=woff2 \
        --no-hinting --desubroutinize --output-file="$out/$2.woff2"
}

latin='U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2013-2014,U+2018-201A,U+201C-201E,U+2022,U+2026,U+2039-203A,U+20AC,U+2190-2193,U+2212'
latin_ext='U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E9E'
cut "$1/geist-latin-wght-normal.woff2" sans "$latin" "$3"
cut "$1/geist-latin-ext-wght-normal.woff2" sans-ext "$latin_ext" "$3"
cut "$2/geist-mono-latin-wght-normal.woff2" mono "U+0020-007E,U+00A0-00FF,U+2013-2014,U+2022,U+2026,U+2190-2193" "$3"
rm -r "$work"
