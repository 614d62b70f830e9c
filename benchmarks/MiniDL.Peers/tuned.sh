#!/usr/bin/env bash
# Runs the built program against libtorch at its best: MKL's kernels for the widest vectors also on a processor that is not Intel's, and freed memory kept by
# malloc, so that large results cost no page faults. Needs gcc.
# usage: dotnet build -c Release benchmarks/MiniDL.Peers && benchmarks/MiniDL.Peers/tuned.sh [arguments]
set -euo pipefail
cd "$(dirname "$0")"
shim=$(mktemp --suffix=.so)
trap 'rm -f "$shim"' EXIT
echo 'int mkl_serv_intel_cpu_true(void) { return 1; }' | gcc -shared -fPIC -x c -o "$shim" -
MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=268435456 LD_PRELOAD=$shim bin/Release/net10.0/linux-x64/MiniDL.Peers "$@"
