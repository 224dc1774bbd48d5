#!/bin/sh
# The CRC-32 of standard input, in eight hexadecimal digits. gzip's trailer has it, in the four bytes before the last
# four, the lowest first (RFC 1952, 2.3.1).
gzip -nc | tail -c 8 | od -An -tx1 -N4 | awk '{ print $4 $3 $2 $1 }'
