/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all parts of the API share: the API's version, typed parameters, why a connection ended. */
#ifndef LIBVIRT_COMMON_H
#define LIBVIRT_COMMON_H

#ifndef LIBVIRT_LIBVIRT_H
#error "include <libvirt/libvirt.h>"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The API's version ---- */

/*
 * Level of the API these headers describe: major * 1000000 + minor * 1000 + release. virGetVersion() tells the
 * library's.
 */
#define LIBVIR_VERSION_NUMBER 9000000

/* True when these headers are of version major.minor.micro or later. */
#define LIBVIR_CHECK_VERSION(major, minor, micro) ((major)*1000000 + (minor)*1000 + (micro) <= LIBVIR_VERSION_NUMBER)

/* ---- Callbacks ---- */

/* Releases the application's data once a callback it was registered with will not be called any more. */
typedef void (*virFreeCallback)(void *opaque);

/* Why a connection has ended. */
typedef enum {
    VIR_CONNECT_CLOSE_REASON_ERROR = 0,     /* input or output failed, or what came could not be understood */
    VIR_CONNECT_CLOSE_REASON_EOF = 1,       /* the daemon went away */
    VIR_CONNECT_CLOSE_REASON_KEEPALIVE = 2, /* the daemon did not answer keepalive questions in time */
    VIR_CONNECT_CLOSE_REASON_CLIENT = 3,    /* this side closed it */
#ifdef VIR_ENUM_SENTINELS
    VIR_CONNECT_CLOSE_REASON_LAST = 4, /* end of the list; grows with it */
#endif
} virConnectCloseReason;

/* ---- Typed parameters ---- */

/*
 * Arrays of named values of several types, for calls whose set of values may grow. An array made by a function of
 * the API or by virTypedParamsAdd*() is released with virTypedParamsFree().
 */

/* Which member of a parameter's value is in use. */
typedef enum {
    VIR_TYPED_PARAM_INT = 1,     /* i */
    VIR_TYPED_PARAM_UINT = 2,    /* ui */
    VIR_TYPED_PARAM_LLONG = 3,   /* l */
    VIR_TYPED_PARAM_ULLONG = 4,  /* ul */
    VIR_TYPED_PARAM_DOUBLE = 5,  /* d */
    VIR_TYPED_PARAM_BOOLEAN = 6, /* b */
    VIR_TYPED_PARAM_STRING = 7,  /* s */
#ifdef VIR_ENUM_SENTINELS
    VIR_TYPED_PARAM_LAST = 8, /* end of the list; grows with it */
#endif
} virTypedParameterType;

typedef enum {
    VIR_TYPED_PARAM_STRING_OKAY = 4, /* flag of functions that fill typed parameters: strings may be among them. The
                                        library sets it where the daemon knows strings */
} virTypedParameterFlags;

#define VIR_TYPED_PARAM_FIELD_LENGTH 80 /* Bytes of a parameter's name with its NUL. */

/* One named value. */
typedef struct _virTypedParameter virTypedParameter;
typedef virTypedParameter *virTypedParameterPtr;
struct _virTypedParameter {
    char field[VIR_TYPED_PARAM_FIELD_LENGTH]; /* name, NUL-terminated */
    int type;                                 /* virTypedParameterType */
    union {
        int i;
        unsigned int ui;
        long long int l;
        unsigned long long int ul;
        double d;
        char b;
        char *s;
    } value;
};

/*
 * The first parameter with this name, or NULL when there is none or params or name is NULL. Borrowed from the
 * array.
 */
virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name);

/*
 * Reads the int called name into *value (value may be NULL to ask only whether it is there). 1: found; 0: there is
 * none, *value is untouched; -1: it has another type (VIR_ERR_INVALID_ARG).
 */
int virTypedParamsGetInt(virTypedParameterPtr params, int nparams, const char *name, int *value);

/* The same for unsigned int. */
int virTypedParamsGetUInt(virTypedParameterPtr params, int nparams, const char *name, unsigned int *value);

/* The same for long long. */
int virTypedParamsGetLLong(virTypedParameterPtr params, int nparams, const char *name, long long *value);

/* The same for unsigned long long. */
int virTypedParamsGetULLong(virTypedParameterPtr params, int nparams, const char *name, unsigned long long *value);

/* The same for double. */
int virTypedParamsGetDouble(virTypedParameterPtr params, int nparams, const char *name, double *value);

/* The same for a boolean; *value becomes 0 or 1. */
int virTypedParamsGetBoolean(virTypedParameterPtr params, int nparams, const char *name, int *value);

/* The same for a string; *value is borrowed from the array. */
int virTypedParamsGetString(virTypedParameterPtr params, int nparams, const char *name, const char **value);

/*
 * Appends an int to the array. *params, *nparams and *maxparams are NULL, 0 and 0 for a new array, and are kept up
 * to date: *maxparams is for how many there is room. The name is copied. 0, or -1: the name is too long
 * (VIR_ERR_INVALID_ARG) and the array is as it was.
 */
int virTypedParamsAddInt(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int value);

/* The same for unsigned int. */
int virTypedParamsAddUInt(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                          unsigned int value);

/* The same for long long. */
int virTypedParamsAddLLong(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                           long long value);

/* The same for unsigned long long. */
int virTypedParamsAddULLong(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                            unsigned long long value);

/* The same for double. */
int virTypedParamsAddDouble(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, double value);

/* The same for a boolean; any value but 0 is true. */
int virTypedParamsAddBoolean(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int value);

/* The same for a string, which is copied. NULL counts as "". */
int virTypedParamsAddString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                            const char *value);

/* The same for each string of a NULL-terminated list, all under one name. NULL is an empty list. */
int virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                                const char **values);

/*
 * Appends a value of the given type that is read from text: decimal numbers, "0" or "1" for booleans. -1 also when
 * the text is not such a value.
 */
int virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, int type,
                                const char *value);

/* Frees the strings of nparams parameters, not the array. NULL is fine. */
void virTypedParamsClear(virTypedParameterPtr params, int nparams);

/* Frees the array and its strings. NULL is fine. */
void virTypedParamsFree(virTypedParameterPtr params, int nparams);

#ifdef __cplusplus
}
#endif

#endif
