#pragma once
#include <stdint.h>

// A SQLite VFS for tests that loses what was not synced.
//
// Files in watched folders keep, beside what was written, what is durable: the state at each file's last xSync. A crash
// is simulated by refusing every operation from a chosen one on; `crash_vfs_lose` then makes of each file what a power
// failure may leave: of the writes since its last sync any subset of their 512-byte sectors, in any order. Files outside
// watched folders pass through.

/// A watched folder.
typedef struct crash_vfs_world crash_vfs_world;

/// What happens at the chosen operation.
typedef enum {
  CRASH_VFS_NOTHING = 0,
  /// The power fails: this and every later operation is refused.
  CRASH_VFS_CRASH = 1,
  /// Writes find the disk full, `count` times.
  CRASH_VFS_FULL = 2,
  /// Writes fail, `count` times.
  CRASH_VFS_WRITE_ERROR = 3,
  /// Syncs fail, `count` times.
  CRASH_VFS_SYNC_ERROR = 4,
} crash_vfs_fault;

/// Makes the VFS the default of this process, once. 0 on success.
int crash_vfs_register(void);

/// Starts to watch the files of a folder, all of which are durable as they are.
crash_vfs_world *crash_vfs_watch(const char *folder);

/// Plans a fault at an operation (a write, truncation or sync; 1 is the next).
void crash_vfs_plan(crash_vfs_world *world, crash_vfs_fault fault, int64_t operation, int64_t count);

/// Operations since the last plan.
int64_t crash_vfs_operations(crash_vfs_world *world);

/// Whether the planned fault has happened.
int crash_vfs_has_struck(crash_vfs_world *world);

/// Makes of the files what the crash leaves, and lets operations pass again. Every file must be closed.
/// Returns how many sectors were lost.
int64_t crash_vfs_lose(crash_vfs_world *world, uint64_t seed);

/// Stops watching.
void crash_vfs_release(crash_vfs_world *world);
