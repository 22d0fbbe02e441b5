/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/seclabel.h"

#include <string.h>
#include <unistd.h>

#include "virtqemud/driver.h"
#include "virtqemud/host/qemu_user.h"

#define DAC  "dac"
#define NONE "none"

static uid_t qemu_uid(void)
{
    return driver.qemu_user ? driver.qemu_user->uid : geteuid();
}

static gid_t qemu_gid(void)
{
    return driver.qemu_user ? driver.qemu_user->gid : getegid();
}

static gboolean check_model(const Seclabel *label, GError **error)
{
    if (!label->model || g_str_equal(label->model, NONE) || (driver.is_privileged && g_str_equal(label->model, DAC)))
        return TRUE;
    return vir_error_fail(error, VIR_FROM_SECURITY, VIR_ERR_CONFIG_UNSUPPORTED,
                          "Security driver model '%s' is not available", label->model);
}

/* "user:group", each a name or a number, must be whom all guests run as. */
static gboolean check_static(const Seclabel *label, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(label->label, ":", 2);
    g_autoptr(ProcessUser) user = NULL;
    g_autoptr(GError) problem = NULL;

    if (g_strv_length(parts) == 2)
        user = qemu_user_find(parts[0], parts[1], &problem);
    if (!user)
        return vir_error_fail(error, VIR_FROM_SECURITY, VIR_ERR_INVALID_ARG, "Failed to parse user and group '%s'",
                              label->label);
    if (user->uid == qemu_uid() && user->gid == qemu_gid())
        return TRUE;
    return vir_error_fail(error, VIR_FROM_SECURITY, VIR_ERR_CONFIG_UNSUPPORTED,
                          "security label '%s', since guests run as '+%u:+%u'", label->label, qemu_uid(), qemu_gid());
}

static void fill(Seclabel *label)
{
    g_free(label->label);
    g_free(label->image_label);
    label->label = g_strdup_printf("+%u:+%u", qemu_uid(), qemu_gid());
    label->image_label = g_strdup(label->label);
}

static void imply(DomainDef *def)
{
    Seclabel *label = xml_struct_new(&seclabel_element);

    label->type = SECLABEL_DYNAMIC;
    label->model = g_strdup(DAC);
    label->relabel = label->implied = XML_BOOL_YES;
    fill(label);
    if (!def->seclabels)
        def->seclabels = g_ptr_array_new();
    g_ptr_array_add(def->seclabels, label);
}

const Seclabel *seclabel_find(const DomainDef *def)
{
    for (guint i = 0; def->seclabels && i < def->seclabels->len; i++) {
        const Seclabel *label = g_ptr_array_index(def->seclabels, i);

        if (g_strcmp0(label->model, DAC) == 0)
            return label;
    }
    return NULL;
}

gboolean seclabel_gives_files(const DomainDef *def)
{
    const Seclabel *label = seclabel_find(def);

    return !label || label->relabel == XML_BOOL_YES;
}

gboolean seclabel_prepare(DomainDef *def, GError **error)
{
    for (guint i = 0; def->seclabels && i < def->seclabels->len; i++) {
        Seclabel *label = g_ptr_array_index(def->seclabels, i);

        if (!check_model(label, error) || (label->type == SECLABEL_STATIC && !check_static(label, error)))
            return FALSE;
        if (label->type == SECLABEL_DYNAMIC)
            fill(label);
    }
    if (driver.is_privileged && !seclabel_find(def))
        imply(def);
    return TRUE;
}
