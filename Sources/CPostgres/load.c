#include "CPostgres.h"

#include <dlfcn.h>
#include <stdio.h>

// Every function that is used: type of the result, name, parameters, arguments.
#define CPOSTGRES_FUNCTIONS(function)                                                                            \
  function(PGconn *, PQconnectdbParams, (const char *const *k, const char *const *v, int e), (k, v, e))          \
  function(void, PQfinish, (PGconn * c), (c))                                                                    \
  function(ConnStatusType, PQstatus, (const PGconn *c), (c))                                                     \
  function(char *, PQerrorMessage, (const PGconn *c), (c))                                                       \
  function(int, PQserverVersion, (const PGconn *c), (c))                                                         \
  function(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * c, PQnoticeProcessor p, void *a), (c, p, a))       \
  function(int, PQenterPipelineMode, (PGconn * c), (c))                                                          \
  function(int, PQexitPipelineMode, (PGconn * c), (c))                                                           \
  function(int, PQpipelineSync, (PGconn * c), (c))                                                               \
  function(int, PQsendPrepare, (PGconn * c, const char *n, const char *q, int p, const Oid *t), (c, n, q, p, t)) \
  function(int, PQsendQueryParams,                                                                               \
           (PGconn * c, const char *q, int n, const Oid *t, const char *const *v, const int *l, const int *f,    \
            int r),                                                                                              \
           (c, q, n, t, v, l, f, r))                                                                             \
  function(int, PQsendQueryPrepared,                                                                             \
           (PGconn * c, const char *s, int n, const char *const *v, const int *l, const int *f, int r),          \
           (c, s, n, v, l, f, r))                                                                                \
  function(PGresult *, PQgetResult, (PGconn * c), (c))                                                           \
  function(ExecStatusType, PQresultStatus, (const PGresult *r), (r))                                             \
  function(char *, PQresultErrorField, (const PGresult *r, int f), (r, f))                                       \
  function(char *, PQcmdStatus, (PGresult * r), (r))                                                             \
  function(void, PQclear, (PGresult * r), (r))                                                                   \
  function(int, PQntuples, (const PGresult *r), (r))                                                             \
  function(int, PQnfields, (const PGresult *r), (r))                                                             \
  function(Oid, PQftype, (const PGresult *r, int f), (r, f))                                                     \
  function(char *, PQfname, (const PGresult *r, int f), (r, f))                                                  \
  function(char *, PQgetvalue, (const PGresult *r, int t, int f), (r, t, f))                                     \
  function(int, PQgetlength, (const PGresult *r, int t, int f), (r, t, f))                                       \
  function(int, PQgetisnull, (const PGresult *r, int t, int f), (r, t, f))                                       \
  function(int, PQputCopyData, (PGconn * c, const char *b, int n), (c, b, n))                                    \
  function(int, PQputCopyEnd, (PGconn * c, const char *m), (c, m))

// Safe: nothing is called before it was found.
#define CPOSTGRES_FORWARD(type, name, parameters, arguments) \
  static __typeof__(name) *found_##name;                     \
  type name parameters { return found_##name arguments; }
CPOSTGRES_FUNCTIONS(CPOSTGRES_FORWARD)

int cpostgres_load(char *problem, int capacity) {
  void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *said = dlerror();
    snprintf(problem, (size_t)capacity, "%s", said ? said : "libpq.so.5 cannot be loaded");
    return 0;
  }
#define CPOSTGRES_FIND(type, name, parameters, arguments)                                                      \
  found_##name = (__typeof__(found_##name))dlsym(library, #name);                                              \
  if (!found_##name) {                                                                                         \
    snprintf(problem, (size_t)capacity, "it has no %s: version 14 or later of libpq is needed", #name);        \
    return 0;                                                                                                  \
  }
  CPOSTGRES_FUNCTIONS(CPOSTGRES_FIND)
  return 1;
}
