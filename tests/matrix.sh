#!/bin/sh
# test: the same for kernels that are built in unusual ways (a short make matrix)
SUITE=matrix exec sh "$(dirname "$0")/accuracy.sh"
