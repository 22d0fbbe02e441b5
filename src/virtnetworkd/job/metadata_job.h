/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of a network's title, description and <metadata>, as network_job.h. */
#pragma once

#include "virtnetworkd/job/job.h"

/* Where a document of a network keeps them. */
MetadataTexts metadata_job_texts(NetworkDef *def);

/* flags: VIR_NETWORK_UPDATE_AFFECT_*; change was checked, and its texts live as long as call. */
void metadata_job(Network *network, const MetadataChange *change, guint flags, RpcCall *call);
