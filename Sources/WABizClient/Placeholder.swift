import WABiz
