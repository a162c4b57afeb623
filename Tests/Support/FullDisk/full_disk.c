// Loaded into a process before its libraries (LD_PRELOAD), it makes the disk under ledgers full for as long as the file that
// the variable FULL_DISK names is there: half of what is written goes through, then there is no space left.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int isLedger(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  const char *end = strstr(path, "ledger.db");
  return end != NULL && (strcmp(end, "ledger.db") == 0 || strcmp(end, "ledger.db-wal") == 0);
}

static int isFull(int descriptor) {
  const char *flag = getenv("FULL_DISK");
  return flag != NULL && access(flag, F_OK) == 0 && isLedger(descriptor);
}

// How many of `count` bytes still fit: a half of large writes, which SQLite then tries to go on with.
static size_t fitting(size_t count) { return count > 64 ? count / 2 : 0; }

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (real == NULL) real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  if (isFull(descriptor)) {
    if (fitting(count) == 0) {
      errno = ENOSPC;
      return -1;
    }
    count = fitting(count);
  }
  return real(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}
