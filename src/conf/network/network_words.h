/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words of a network's document that end up in somebody else's language: lines of dnsmasq's files, nftables' rules,
 * names of files. None of them may say more there than the word.
 */
#pragma once

#include "conf/network/network_def.h"

/* FALSE: VIR_ERR_XML_ERROR naming the place. */
gboolean network_words_check(const NetworkDef *def, GError **error);
