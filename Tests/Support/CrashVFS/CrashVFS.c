#define _GNU_SOURCE
#include "CrashVFS.h"
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512 };

// A write (size < 0: a truncation to `offset`) since the last sync.
typedef struct {
  int64_t offset;
  int64_t size;
  unsigned char *bytes;
} change;

// One path: what of it is durable, and what was done since.
typedef struct file_state {
  char *path;
  unsigned char *durable;
  int64_t durable_size;
  // Whether this file is there after a crash for sure: it is, once it was synced.
  int exists_durably;
  // Whether a file of this name was opened since the last one was deleted.
  int is_made;
  // The file of this name that was deleted before, whose deletion is not durable; NULL when there is none.
  unsigned char *ghost;
  int64_t ghost_size;
  change *changes;
  int64_t change_count, change_capacity;
  struct file_state *next;
} file_state;

struct crash_vfs_world {
  char *folder;
  size_t folder_length;
  file_state *files;
  crash_vfs_fault fault;
  int64_t at, count, operations;
  int struck, crashed;
  struct crash_vfs_world *next;
};

typedef struct {
  sqlite3_file base;
  crash_vfs_world *world;
  file_state *state;
  sqlite3_file *real;
  // Whether the next sync is one of the folder too: SQLite's own file system does that for a log or journal that it opened.
  int syncs_folder;
} crash_file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static crash_vfs_world *worlds;
static sqlite3_vfs *unix_vfs;
static sqlite3_vfs crash_vfs;
static sqlite3_io_methods methods;

// MARK: What is remembered

static crash_vfs_world *world_of(const char *path) {
  for (crash_vfs_world *world = worlds; path && world; world = world->next)
    if (strncmp(path, world->folder, world->folder_length) == 0 && path[world->folder_length] == '/') return world;
  return NULL;
}

static void read_durable(file_state *state) {
  FILE *file = fopen(state->path, "rb");
  if (!file) return;
  fseek(file, 0, SEEK_END);
  state->durable_size = ftell(file);
  rewind(file);
  state->durable = malloc(state->durable_size ? state->durable_size : 1);
  if (fread(state->durable, 1, state->durable_size, file) != (size_t)state->durable_size) state->durable_size = 0;
  state->exists_durably = 1;
  fclose(file);
}

static file_state *state_of(crash_vfs_world *world, const char *path) {
  for (file_state *state = world->files; state; state = state->next)
    if (strcmp(state->path, path) == 0) return state;
  file_state *state = calloc(1, sizeof *state);
  state->path = strdup(path);
  read_durable(state);
  state->next = world->files;
  world->files = state;
  return state;
}

static void note(file_state *state, int64_t offset, const void *bytes, int64_t size) {
  if (state->change_count == state->change_capacity) {
    state->change_capacity = state->change_capacity ? 2 * state->change_capacity : 64;
    state->changes = realloc(state->changes, state->change_capacity * sizeof(change));
  }
  change *added = &state->changes[state->change_count++];
  *added = (change){offset, size, NULL};
  if (size > 0) {
    added->bytes = malloc(size);
    memcpy(added->bytes, bytes, size);
  }
}

static void resize(unsigned char **image, int64_t *size, int64_t wanted) {
  *image = realloc(*image, wanted ? wanted : 1);
  if (wanted > *size) memset(*image + *size, 0, wanted - *size);
  *size = wanted;
}

static void apply(file_state *state, int64_t offset, const unsigned char *bytes, int64_t size) {
  if (offset + size > state->durable_size) resize(&state->durable, &state->durable_size, offset + size);
  memcpy(state->durable + offset, bytes, size);
}

static void forget(file_state *state) {
  for (int64_t i = 0; i < state->change_count; i++) free(state->changes[i].bytes);
  state->change_count = 0;
}

static void settle(file_state *state) {
  for (int64_t i = 0; i < state->change_count; i++) {
    change *one = &state->changes[i];
    if (one->size < 0) {
      resize(&state->durable, &state->durable_size, one->offset);
    } else {
      apply(state, one->offset, one->bytes, one->size);
    }
  }
  state->exists_durably = 1;
  free(state->ghost);
  state->ghost = NULL;
  forget(state);
}

// Which files there are is durable now; of those that were never synced, only the names.
static void settle_folder(crash_vfs_world *world) {
  for (file_state *state = world->files; state; state = state->next) {
    state->exists_durably = state->exists_durably || state->is_made;
    free(state->ghost);
    state->ghost = NULL;
  }
}

// MARK: Faults

// SQLITE_OK, or how this operation fails. The lock is held.
static int strike(crash_vfs_world *world, int is_sync) {
  if (world->crashed) return SQLITE_IOERR;
  world->operations++;
  if (world->fault == CRASH_VFS_NOTHING || world->operations < world->at) return SQLITE_OK;
  if (world->fault == CRASH_VFS_CRASH) {
    world->crashed = world->struck = 1;
    return SQLITE_IOERR;
  }
  if (world->count <= 0 || is_sync != (world->fault == CRASH_VFS_SYNC_ERROR)) return SQLITE_OK;
  world->count--;
  world->struck = 1;
  if (world->fault == CRASH_VFS_FULL) return SQLITE_FULL;
  return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
}

static int is_crashed(crash_file *file) {
  if (!file->world) return 0;
  pthread_mutex_lock(&lock);
  int crashed = file->world->crashed;
  pthread_mutex_unlock(&lock);
  return crashed;
}

// MARK: Files

static int file_close(sqlite3_file *base) {
  crash_file *file = (crash_file *)base;
  return file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *bytes, int size, sqlite3_int64 offset) {
  crash_file *file = (crash_file *)base;
  if (is_crashed(file)) return SQLITE_IOERR_READ;
  return file->real->pMethods->xRead(file->real, bytes, size, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset) {
  crash_file *file = (crash_file *)base;
  if (!file->state) return file->real->pMethods->xWrite(file->real, bytes, size, offset);
  pthread_mutex_lock(&lock);
  int was_crashed = file->world->crashed;
  int code = strike(file->world, 0);
  // The write during which the power fails may have reached the disk in part.
  if (code == SQLITE_OK || (file->world->crashed && !was_crashed)) note(file->state, offset, bytes, size);
  if (code == SQLITE_OK) code = file->real->pMethods->xWrite(file->real, bytes, size, offset);
  pthread_mutex_unlock(&lock);
  return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
  crash_file *file = (crash_file *)base;
  if (!file->state) return file->real->pMethods->xTruncate(file->real, size);
  pthread_mutex_lock(&lock);
  int was_crashed = file->world->crashed;
  int code = strike(file->world, 0);
  if (code == SQLITE_OK || (file->world->crashed && !was_crashed)) note(file->state, size, NULL, -1);
  if (code == SQLITE_OK) code = file->real->pMethods->xTruncate(file->real, size);
  pthread_mutex_unlock(&lock);
  return code;
}

static int file_sync(sqlite3_file *base, int flags) {
  crash_file *file = (crash_file *)base;
  if (!file->state) return file->real->pMethods->xSync(file->real, flags);
  pthread_mutex_lock(&lock);
  // The real disk is not asked: whether this process would survive a real power failure is not what is tested.
  int code = strike(file->world, 1);
  if (code == SQLITE_OK) settle(file->state);
  if (code == SQLITE_OK && file->syncs_folder) settle_folder(file->world);
  if (code == SQLITE_OK) file->syncs_folder = 0;
  pthread_mutex_unlock(&lock);
  return code;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  crash_file *file = (crash_file *)base;
  if (is_crashed(file)) return SQLITE_IOERR_FSTAT;
  return file->real->pMethods->xFileSize(file->real, size);
}

#define REAL(base) (((crash_file *)(base))->real)

static int file_lock(sqlite3_file *base, int level) { return REAL(base)->pMethods->xLock(REAL(base), level); }
static int file_unlock(sqlite3_file *base, int level) { return REAL(base)->pMethods->xUnlock(REAL(base), level); }
static int file_check_lock(sqlite3_file *base, int *out) {
  return REAL(base)->pMethods->xCheckReservedLock(REAL(base), out);
}
static int file_control(sqlite3_file *base, int operation, void *argument) {
  return REAL(base)->pMethods->xFileControl(REAL(base), operation, argument);
}
static int file_sector_size(sqlite3_file *base) { return REAL(base)->pMethods->xSectorSize(REAL(base)); }

// The real disk promises that sectors survive their neighbours' writes; this one promises nothing.
static int file_characteristics(sqlite3_file *base) { return ((crash_file *)base)->state ? 0 : REAL(base)->pMethods->xDeviceCharacteristics(REAL(base)); }

static int shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out) {
  if (is_crashed((crash_file *)base)) return SQLITE_IOERR_SHMMAP;
  return REAL(base)->pMethods->xShmMap(REAL(base), region, size, extend, out);
}
static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
  return REAL(base)->pMethods->xShmLock(REAL(base), offset, count, flags);
}
static void shm_barrier(sqlite3_file *base) { REAL(base)->pMethods->xShmBarrier(REAL(base)); }
static int shm_unmap(sqlite3_file *base, int delete_flag) {
  return REAL(base)->pMethods->xShmUnmap(REAL(base), delete_flag);
}

static sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

// MARK: The file system

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
  crash_file *file = (crash_file *)base;
  (void)vfs;
  memset(file, 0, sizeof *file);
  file->real = (sqlite3_file *)(file + 1);
  pthread_mutex_lock(&lock);
  crash_vfs_world *world = world_of(path);
  int crashed = world && world->crashed;
  if (world && !crashed && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))) {
    file->world = world;
    file->state = state_of(world, path);
    file->state->is_made = 1;
    file->syncs_folder = (flags & SQLITE_OPEN_CREATE) && !(flags & SQLITE_OPEN_MAIN_DB);
  }
  pthread_mutex_unlock(&lock);
  if (crashed) return SQLITE_CANTOPEN;
  int code = unix_vfs->xOpen(unix_vfs, path, file->real, flags, out_flags);
  if (file->real->pMethods) base->pMethods = &methods;
  return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory) {
  (void)vfs;
  pthread_mutex_lock(&lock);
  crash_vfs_world *world = world_of(path);
  if (world && world->crashed) {
    pthread_mutex_unlock(&lock);
    return SQLITE_IOERR_DELETE;
  }
  if (world) {
    file_state *state = state_of(world, path);
    // Without a sync of the directory, the file may be back after a crash as it was when last synced.
    forget(state);
    if (state->exists_durably) {
      free(state->ghost);
      state->ghost = state->durable;
      state->ghost_size = state->durable_size;
      state->durable = NULL;
      state->durable_size = 0;
    }
    state->exists_durably = state->is_made = 0;
    if (sync_directory) {
      free(state->ghost);
      state->ghost = NULL;
    }
    resize(&state->durable, &state->durable_size, 0);
  }
  pthread_mutex_unlock(&lock);
  return unix_vfs->xDelete(unix_vfs, path, 0);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out) {
  (void)vfs;
  return unix_vfs->xAccess(unix_vfs, path, flags, out);
}

int crash_vfs_register(void) {
  pthread_mutex_lock(&lock);
  if (!unix_vfs) {
    unix_vfs = sqlite3_vfs_find(NULL);
    crash_vfs = *unix_vfs;
    crash_vfs.zName = "crash";
    crash_vfs.pNext = NULL;
    crash_vfs.szOsFile = (int)sizeof(crash_file) + unix_vfs->szOsFile;
    crash_vfs.xOpen = vfs_open;
    crash_vfs.xDelete = vfs_delete;
    crash_vfs.xAccess = vfs_access;
  }
  pthread_mutex_unlock(&lock);
  return sqlite3_vfs_register(&crash_vfs, 1);
}

// MARK: Worlds

crash_vfs_world *crash_vfs_watch(const char *folder) {
  crash_vfs_world *world = calloc(1, sizeof *world);
  world->folder = strdup(folder);
  world->folder_length = strlen(folder);
  pthread_mutex_lock(&lock);
  world->next = worlds;
  worlds = world;
  pthread_mutex_unlock(&lock);
  return world;
}

void crash_vfs_plan(crash_vfs_world *world, crash_vfs_fault fault, int64_t operation, int64_t count) {
  pthread_mutex_lock(&lock);
  world->fault = fault;
  world->at = operation;
  world->count = count;
  world->operations = 0;
  world->struck = world->crashed = 0;
  pthread_mutex_unlock(&lock);
}

int64_t crash_vfs_operations(crash_vfs_world *world) {
  pthread_mutex_lock(&lock);
  int64_t operations = world->operations;
  pthread_mutex_unlock(&lock);
  return operations;
}

int crash_vfs_has_struck(crash_vfs_world *world) {
  pthread_mutex_lock(&lock);
  int struck = world->struck;
  pthread_mutex_unlock(&lock);
  return struck;
}

static uint64_t next_random(uint64_t *state) {
  uint64_t mixed = (*state += 0x9E3779B97F4A7C15u);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

typedef struct {
  int64_t offset, size;
  const unsigned char *bytes;
  int is_truncation;
} piece;

// Any subset of the sectors that were written since the last sync, in any order.
static int64_t lose_in(file_state *state, uint64_t *random) {
  int64_t count = 0, lost = 0;
  for (int64_t i = 0; i < state->change_count; i++) count += 2 + (state->changes[i].size > 0 ? state->changes[i].size / SECTOR : 0);
  piece *pieces = malloc((count ? count : 1) * sizeof *pieces);
  count = 0;
  for (int64_t i = 0; i < state->change_count; i++) {
    change *one = &state->changes[i];
    if (one->size < 0) {
      pieces[count++] = (piece){one->offset, 0, NULL, 1};
      continue;
    }
    for (int64_t start = 0; start < one->size;) {
      int64_t size = SECTOR - (one->offset + start) % SECTOR;
      if (size > one->size - start) size = one->size - start;
      pieces[count++] = (piece){one->offset + start, size, one->bytes + start, 0};
      start += size;
    }
  }
  // Sometimes most sectors arrive, sometimes hardly any.
  uint64_t kept_of_256 = (uint64_t[]){0, 16, 128, 240, 255}[next_random(random) % 5];
  if (next_random(random) % 2) {
    for (int64_t i = count - 1; i > 0; i--) {
      int64_t other = (int64_t)(next_random(random) % (uint64_t)(i + 1));
      piece swapped = pieces[i];
      pieces[i] = pieces[other];
      pieces[other] = swapped;
    }
  }
  for (int64_t i = 0; i < count; i++) {
    if (next_random(random) % 256 >= kept_of_256) {
      lost++;
    } else if (pieces[i].is_truncation) {
      resize(&state->durable, &state->durable_size, pieces[i].offset);
    } else {
      apply(state, pieces[i].offset, pieces[i].bytes, pieces[i].size);
    }
  }
  free(pieces);
  return lost;
}

static void write_back(file_state *state, uint64_t *random) {
  if (!state->exists_durably) {
    // The new file, the one that was deleted, or none: whatever of the directory reached the disk.
    int is_new = state->is_made && next_random(random) % 2;
    int is_ghost = !is_new && state->ghost && next_random(random) % 2;
    if (!is_new) {
      free(state->durable);
      state->durable = is_ghost ? state->ghost : NULL;
      state->durable_size = is_ghost ? state->ghost_size : 0;
      if (is_ghost) state->ghost = NULL;
    }
    state->exists_durably = is_new || is_ghost;
  }
  free(state->ghost);
  state->ghost = NULL;
  state->is_made = 0;
  unlink(state->path);
  FILE *file = state->exists_durably ? fopen(state->path, "wb") : NULL;
  if (!file) return;
  fwrite(state->durable, 1, state->durable_size, file);
  fclose(file);
}

// The shared memory of the write-ahead log is no file that anything may rely on.
static void scramble_shared_memory(file_state *state, uint64_t *random) {
  char path[4096];
  snprintf(path, sizeof path, "%s", state->path);
  size_t length = strlen(path);
  if (length < 4 || strcmp(path + length - 4, "-wal") != 0) return;
  strcpy(path + length - 4, "-shm");
  if (next_random(random) % 2) {
    unlink(path);
    return;
  }
  FILE *file = fopen(path, "wb");
  if (!file) return;
  for (int i = 0; i < 32768 / 8; i++) {
    uint64_t noise = next_random(random);
    fwrite(&noise, 8, 1, file);
  }
  fclose(file);
}

int64_t crash_vfs_lose(crash_vfs_world *world, uint64_t seed) {
  uint64_t random = seed;
  int64_t lost = 0;
  pthread_mutex_lock(&lock);
  for (file_state *state = world->files; state; state = state->next) {
    lost += lose_in(state, &random);
    forget(state);
    write_back(state, &random);
    scramble_shared_memory(state, &random);
  }
  world->fault = CRASH_VFS_NOTHING;
  world->crashed = 0;
  pthread_mutex_unlock(&lock);
  return lost;
}

void crash_vfs_release(crash_vfs_world *world) {
  pthread_mutex_lock(&lock);
  for (crash_vfs_world **place = &worlds; *place; place = &(*place)->next) {
    if (*place == world) {
      *place = world->next;
      break;
    }
  }
  pthread_mutex_unlock(&lock);
  for (file_state *state = world->files; state;) {
    file_state *next = state->next;
    forget(state);
    free(state->changes);
    free(state->durable);
    free(state->ghost);
    free(state->path);
    free(state);
    state = next;
  }
  free(world->folder);
  free(world);
}
