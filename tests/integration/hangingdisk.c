/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk that hangs, for LD_PRELOAD: whoever asks how large the file system below a directory is waits, in calls that
 * nothing ends, for as long as there is a file called "hang" in that directory's parent.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

int statvfs64(const char *path, struct statvfs64 *info)
{
    int (*real)(const char *, struct statvfs64 *) = dlsym(RTLD_NEXT, "statvfs64");
    char mark[4096];

    snprintf(mark, sizeof(mark), "%s/../hang", path);
    while (access(mark, F_OK) == 0)
        usleep(20000);
    return real(path, info);
}
