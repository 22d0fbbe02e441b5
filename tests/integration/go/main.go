// SPDX-License-Identifier: LGPL-2.1-or-later

// Drives a daemon with go-libvirt, which speaks the wire protocol by itself: defines a guest, sees its lifecycle events,
// starts, lists and ends it.
//
// usage: client SOCKET URI-PATH(/system or /session) DOMAIN.xml
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func main() {
	xml, err := os.ReadFile(os.Args[3])
	check("read", err)
	l := libvirt.NewWithDialer(dialers.NewLocal(dialers.WithSocket(os.Args[1]), dialers.WithLocalTimeout(10*time.Second)))
	check("connect", l.ConnectToURI(libvirt.ConnectURI("qemu://"+os.Args[2])))
	version, err := l.ConnectGetLibVersion()
	check("version", err)
	events, err := l.LifecycleEvents(context.Background())
	check("events", err)

	domain, err := l.DomainDefineXML(string(xml))
	check("define", err)
	check("create", l.DomainCreate(domain))
	domains, _, err := l.ConnectListAllDomains(1, libvirt.ConnectListDomainsActive)
	check("list", err)
	found := false
	for _, d := range domains {
		found = found || d.Name == domain.Name
	}
	if !found {
		log.Fatalf("%s is not listed as active", domain.Name)
	}
	state, _, err := l.DomainGetState(domain, 0)
	check("state", err)
	check("destroy", l.DomainDestroy(domain))
	check("undefine", l.DomainUndefine(domain))

	seen := map[int32]bool{}
	timeout := time.After(10 * time.Second)
	for !(seen[0] && seen[1] && seen[2] && seen[5]) { // defined, undefined, started, stopped
		select {
		case event := <-events:
			seen[event.Event] = true
		case <-timeout:
			log.Fatalf("events seen: %v", seen)
		}
	}
	check("disconnect", l.Disconnect())
	fmt.Printf("version %d, state %d, events %d\n", version, state, len(seen))
}
