/* Loaded into a server ahead of the C library: lets writing calls on the files of a SQLite database fail in bursts at
 * random points, as on a disk that is full or failing. What it does is in a file that the test shares with it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* As in faults.rs. */
struct control {
    uint64_t on;      /* whether calls fail */
    uint64_t random;  /* state of the random numbers, never 0 */
    uint64_t gap;     /* calls between two bursts at most */
    uint64_t longest; /* calls of a burst at most */
    uint64_t bursts;  /* so far */
    uint64_t faults;  /* so far */
    uint64_t slow_us; /* how long a sync takes at least, microseconds */
    uint64_t syncs;   /* begun so far */
};

static struct control *control;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t skip, left;
static int kind;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_ftruncate64)(int, off64_t);

__attribute__((constructor)) static void start(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_ftruncate64 = dlsym(RTLD_NEXT, "ftruncate64");
    const char *path = getenv("RUNBOARD_TEST_FAULTS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *shared = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED) control = shared;
}

/* xorshift64 */
static uint64_t below(uint64_t n) {
    uint64_t x = control->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    control->random = x;
    return x % n;
}

static int is_database(int fd) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    return name && strstr(name, ".db") && !strstr(name, ".lock");
}

/* The error of this call; 0 when it is to go through. */
static int fault(int fd) {
    static const int kinds[] = {ENOSPC, ENOSPC, EIO, EFBIG, EDQUOT};
    int before = errno, failure = 0;
    if (control && control->on && is_database(fd)) {
        pthread_mutex_lock(&lock);
        if (left == 0 && skip-- == 0) {
            /* Most are short, so that there are many. */
            left = 1 + below(below(8) ? 2 : control->longest);
            skip = below(control->gap);
            kind = kinds[below(sizeof kinds / sizeof *kinds)];
            control->bursts++;
        }
        if (left > 0) {
            left--;
            control->faults++;
            failure = kind;
        }
        pthread_mutex_unlock(&lock);
    }
    errno = failure ? failure : before;
    return failure;
}

/* A disk that fills up in the middle of a write takes the first part of it. */
static size_t part(int failure, size_t size) {
    return failure == ENOSPC && size > 1 && below(2) ? size / 2 : 0;
}

ssize_t write(int fd, const void *data, size_t size) {
    int failure = fault(fd);
    if (!failure) return real_write(fd, data, size);
    size_t taken = part(failure, size);
    return taken ? real_write(fd, data, taken) : -1;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    int failure = fault(fd);
    if (!failure) return real_pwrite(fd, data, size, at);
    size_t taken = part(failure, size);
    return taken ? real_pwrite(fd, data, taken, at) : -1;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    int failure = fault(fd);
    if (!failure) return real_pwrite64(fd, data, size, at);
    size_t taken = part(failure, size);
    return taken ? real_pwrite64(fd, data, taken, at) : -1;
}

/* A disk that takes its time. */
static void sync_slowly(int fd) {
    if (!control || !control->slow_us || !is_database(fd)) return;
    __atomic_add_fetch(&control->syncs, 1, __ATOMIC_SEQ_CST);
    usleep(control->slow_us);
}

int fsync(int fd) {
    sync_slowly(fd);
    return fault(fd) ? -1 : real_fsync(fd);
}

int fdatasync(int fd) {
    sync_slowly(fd);
    return fault(fd) ? -1 : real_fdatasync(fd);
}

int ftruncate(int fd, off_t size) { return fault(fd) ? -1 : real_ftruncate(fd, size); }
int ftruncate64(int fd, off64_t size) { return fault(fd) ? -1 : real_ftruncate64(fd, size); }
