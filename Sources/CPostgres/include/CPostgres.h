// libpq, loaded when a ledger on a server is asked for: linked, it would bring Kerberos and LDAP into every process.
//
// The functions are called by their own names, as the headers declare them. load.c defines those that are used, and
// hands each call on to the library; calling another is an error of the linker.

#ifndef CPOSTGRES_H
#define CPOSTGRES_H

// libpq's header includes it; the system's functions are not ours to hide.
#include <stdio.h>

// Hidden: a library that is loaded must not take ours for its own.
#pragma GCC visibility push(hidden)
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif
#pragma GCC visibility pop

/// Loads libpq into the process. To be called before any of its functions, and by one thread.
/// Returns 1 when it is there; else 0, and why in `problem`.
int cpostgres_load(char *problem, int capacity);

#endif
